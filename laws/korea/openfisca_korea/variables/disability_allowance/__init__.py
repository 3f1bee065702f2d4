"""장애인복지법의 장애수당과 장애아동수당 (Act on Welfare of Persons with Disabilities, art. 49 and 50)."""
