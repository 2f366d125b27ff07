"""What WeChat and WeCom share: signed and sealed calls, their XML, access tokens, error codes."""
