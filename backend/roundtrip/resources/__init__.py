"""The nouns of the API. Each folder has a model, a schema, its queries and its routes."""
