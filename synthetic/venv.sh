# Sourced by the scripts that make speech: sets $python to .venv-train's, made when it is missing.
ldconfig -p 2>/dev/null | grep -q libespeak-ng.so.1 ||
    [ "$(uname)" != Linux ] ||
    fail "libespeak-ng is missing: apt-get install libespeak-ng1 espeak-ng-data"

python=.venv-train/bin/python
if ! cmp -s synthetic/requirements.txt .venv-train/installed.txt; then
    echo "setting up .venv-train (once)"
    python3 -m venv .venv-train
    # the index of torch's CPU builds is tried beside the usual one; where neither has them, any torch will do
    "$python" -m pip install --quiet --extra-index-url https://download.pytorch.org/whl/cpu -r synthetic/requirements.txt ||
        "$python" -m pip install --quiet -r synthetic/requirements.txt
    cp synthetic/requirements.txt .venv-train/installed.txt
fi
export ORT_DISABLE_TELEMETRY=1 HF_HUB_OFFLINE=1 PYTHONPATH=.
