"""Values of the language: imagery, functions, geocontexts, and the types of all of them."""
