"""Object storage: the port (`blob_store`) and its adapters (`folder_store`, `s3_store`)."""
