"""Recorded clicks on configuration models, and the engines that answer them."""
