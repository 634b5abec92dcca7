"""Campaigns: many tries with random trouble, longer than a test."""
