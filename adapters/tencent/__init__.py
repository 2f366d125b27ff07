"""What WeChat and WeCom have in common: encrypted calls, flat XML, access tokens, and answers with an error code.

It is theirs alone, and knows neither one's messages nor what most codes mean; what any messenger could use belongs in
`adapters.calls`. Begin with `callback` for what comes in, with `client` for what goes out.
"""
