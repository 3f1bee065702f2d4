#!/bin/sh
# Writes the inputs that libFuzzer begins with: the small nation as one text and file by file, and a request for each address.
set -eu
cd "$(dirname "$0")"
nation=../tests/language/nation
mkdir -p corpus/package corpus/formulas corpus/request

# Each file after a line with its path, as src/lib.rs reads them.
bundle() {
    for file in "$@"; do
        printf '#### %s\n' "${file#"$nation"/}"
        cat "$file"
    done
}

for variables in "$nation"/variables/*.py; do
    name=$(basename "$variables" .py)
    bundle "$nation"/__init__.py "$nation"/entities.py "$nation"/parameters/*.yaml "$variables" > "corpus/package/$name"
    cp "$variables" "corpus/formulas/$name"
done
bundle $(find "$nation" -name '*.py' -o -path '*/parameters/*.yaml' | sort) > corpus/package/whole

ask() {
    printf '%s\n%s' "$2" "${3:-}" > "corpus/request/$1"
}
ask spec 'GET /spec'
ask variables 'GET /variables'
ask parameter 'GET /parameter/rates.tax'
ask entities 'GET /entities'
for what in calculate trace; do
    ask "$what" "POST /$what" "$(cat requests/couple.json)"
    ask "$what-axes" "POST /$what" "$(cat requests/axes.json)"
done
