"""아동수당법 (Child Allowance Act), 부모급여 포함."""
