import subprocess
import sys


def test_core_is_imported_without_the_rules_and_the_chat_link() -> None:
    heavy = {"rules", "rule_data", "vote_results", "chat", "evidence"}
    code = "import sys, astra.core.service; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert {f"astra.core.understanding.{name}" for name in heavy}.isdisjoint(loaded.stdout.split())
