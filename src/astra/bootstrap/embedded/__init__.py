"""PostgreSQL and Redis from wheels, started and supervised by ASTRA itself."""
