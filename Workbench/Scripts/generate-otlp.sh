#!/usr/bin/env bash
# Writes Sources/OTLP/Generated from the official OTLP schema.
#
# The schema's .proto files are published as source only on its own forge; the Python package carries the
# same schema as serialized file descriptors, and protoc reads those as well as it reads .proto text.
#
# Needs: python3 with venv and pip, protoc 3.21 or later (Debian: protobuf-compiler), swift.
set -euo pipefail

opentelemetry_proto_version=1.45.2
googleapis_common_protos_version=1.76.0

workbench=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
generated="$workbench/Sources/OTLP/Generated"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

files=(
    opentelemetry/proto/common/v1/common.proto
    opentelemetry/proto/resource/v1/resource.proto
    opentelemetry/proto/trace/v1/trace.proto
    opentelemetry/proto/collector/trace/v1/trace_service.proto
    opentelemetry/proto/logs/v1/logs.proto
    opentelemetry/proto/collector/logs/v1/logs_service.proto
    google/rpc/status.proto
)

python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --disable-pip-version-check \
    "opentelemetry-proto==$opentelemetry_proto_version" \
    "googleapis-common-protos==$googleapis_common_protos_version"

"$scratch/venv/bin/python" - "$scratch/schema.bin" "${files[@]}" <<'PYTHON'
import importlib
import sys

from google.protobuf import descriptor_pb2

collected = {}


def collect(file):
    """Adds a file after the files that it imports, which is the order protoc wants."""
    if file.name in collected:
        return
    for dependency in file.dependencies:
        collect(dependency)
    proto = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(proto)
    collected[file.name] = proto


output, *names = sys.argv[1:]
for name in names:
    module = importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
    collect(module.DESCRIPTOR)
with open(output, "wb") as stream:
    stream.write(descriptor_pb2.FileDescriptorSet(file=collected.values()).SerializeToString())
PYTHON

# The generator is built from the very swift-protobuf that the package links.
swift build --package-path "$workbench" --product protoc-gen-swift
plugin="$(swift build --package-path "$workbench" --show-bin-path)/protoc-gen-swift"

rm -rf "$generated"
mkdir -p "$generated"
protoc --plugin="protoc-gen-swift=$plugin" --descriptor_set_in="$scratch/schema.bin" \
    --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
    --swift_opt=FileNaming=PathToUnderscores --swift_out="$generated" "${files[@]}"
