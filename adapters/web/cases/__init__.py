"""The pages of cases: the list, one case, its forms for acts, its files, the search.

Who sees and who may do what is for `bot.protection` to say; a filled form says what somebody could have typed. Begin
with `case_pages`.
"""
