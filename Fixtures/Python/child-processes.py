# A program that runs others and waits for them: all of them are observed, none has left anything.
# RUN: --fail-on warning
# CLEAN:
# OUTPUT: child said: hello
import subprocess

print("child said: " + subprocess.run(["/bin/echo", "hello"], capture_output=True, text=True, check=True).stdout, end="")
