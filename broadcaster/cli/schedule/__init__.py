"""Commands about what is planned: campaigns, slots, exceptions, spreadsheets, the plan and its rules."""
