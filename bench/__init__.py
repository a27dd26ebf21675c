"""Measurements, each beside a floor that is measured in the same run: what the machine itself is worth cancels out.

python -m bench              everything
python -m bench server       one of them: server growth journey rotation kills

Tables go to the terminal, as JSON into bench/out/, and into docs/numbers.md, which keeps the last ones.
"""
