"""The run of four nodes is for `make faults`: it finds that two nodes may answer one person out of order."""

import os

collect_ignore = [] if "CASEBRIDGE_TEST_FAULTS_MINUTES" in os.environ else ["test_cluster.py"]
