"""Answers on a live account what Telnyx does not document, by calls of the account to itself.

`questions` has the questions, `plan` the steps, `answers` the way from the traffic to an answer.
"""
