# The image in which `./build.sh --container COMMAND` runs commands: Debian 12 with Swift and the commands' requirements.
# The list of Debian packages is the scripts' own.
ARG BASE=docker.io/library/swift:6.3.1-bookworm

# For `./build.sh package`.
FROM ${BASE} AS package
COPY build.sh /opt/traced-lambda/
COPY Scripts/children.sh Scripts/common.sh Scripts/machine.sh /opt/traced-lambda/Scripts/
COPY Scripts/commands/prepare.sh /opt/traced-lambda/Scripts/commands/
RUN /opt/traced-lambda/build.sh prepare package && rm -rf /var/lib/apt/lists/*

# For all commands.
FROM package AS all
RUN /opt/traced-lambda/build.sh prepare && rm -rf /var/lib/apt/lists/*
