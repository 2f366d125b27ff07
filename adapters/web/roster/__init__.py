"""The page of the roster: who is on duty, who comes, when nobody does; supervisors and admins change it there."""
