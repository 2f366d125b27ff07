"""What WeChat and WeCom have in common: their encrypted calls, their XML, their tokens and their API's errors."""
