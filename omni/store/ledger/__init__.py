"""Requests on their way: claims, answers, outcomes, the rate limit and the workers."""
