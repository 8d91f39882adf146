"""Plans: planes to the stages that compute them."""
