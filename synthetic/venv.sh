# Sourced by the scripts that make speech: sets $python to .venv-train's, made when it is missing or old.
# They define fail.
if [ "$(uname)" = Linux ] && ! ldconfig -p | grep -q libespeak-ng.so.1; then
    fail "libespeak-ng is missing: apt-get install libespeak-ng1 espeak-ng-data"
fi

python=.venv-train/bin/python
if ! cmp -s synthetic/requirements.txt .venv-train/installed.txt; then
    echo "setting up .venv-train (once)" >&2
    python3 -m venv .venv-train
    # torch first: its CPU build, where that index can be reached, is enough and far smaller
    "$python" -m pip install --quiet --retries 0 --extra-index-url https://download.pytorch.org/whl/cpu \
        "$(grep '^torch==' synthetic/requirements.txt)"
    "$python" -m pip install --quiet -r synthetic/requirements.txt
    cp synthetic/requirements.txt .venv-train/installed.txt
fi
export ORT_DISABLE_TELEMETRY=1 HF_HUB_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1 PYTHONPATH=.
