"""The run of four nodes is for `make faults`: under a heavy load it may still find an answer out of order."""

import os

collect_ignore = [] if "CASEBRIDGE_TEST_FAULTS_MINUTES" in os.environ else ["test_cluster.py"]
