"""Makes the files that svm-scale (libsvm-tools 3.24) writes for `data` and `data.t`: the expected output of FeatureScaling."""
import os
import subprocess

os.chdir(os.path.dirname(os.path.abspath(__file__)))
for name, arguments in [("default", []), ("unit", ["-l", "0", "-u", "1"]), ("fractions", ["-l", "-0.3", "-u", "0.7"])]:
    with open(f"data.{name}", "w") as output:
        subprocess.run(["svm-scale", *arguments, "-s", "ranges", "data"], stdout=output, check=True)
    with open(f"data.t.{name}", "w") as output:
        subprocess.run(["svm-scale", "-r", "ranges", "data.t"], stdout=output, check=True)
    os.remove("ranges")
