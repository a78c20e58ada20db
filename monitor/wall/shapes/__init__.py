"""What answers of the API look like, for its OpenAPI document. A test holds every answer of the tests against them."""
