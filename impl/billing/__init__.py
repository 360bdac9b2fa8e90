"""Billing: amounts, dates and numbers of bills, and the jobs that make bills from rates."""
