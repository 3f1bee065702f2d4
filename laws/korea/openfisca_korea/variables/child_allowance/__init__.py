"""아동수당법, 부모급여 (Child Allowance Act, parental benefit)."""
