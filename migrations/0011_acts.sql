-- Which acts are grave is said in core/log/act.txt, and in the law made of it (act_is_grave).
DROP TABLE proof_act;
