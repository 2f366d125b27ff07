"""What is answered before any page: webhooks, health and metrics, the headers that every answer carries.

No page for people lives here. Begin with `webhooks` and `health`.
"""
