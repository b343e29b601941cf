"""Values and protocols that every module shares; it imports no other part of ASTRA."""
