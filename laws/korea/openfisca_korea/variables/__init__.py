"""Variables, one folder for each act. Facts about people, homes, incomes and property stand in `facts`."""
