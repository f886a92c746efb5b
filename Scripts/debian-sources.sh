# shellcheck shell=bash
# Source packages of the Debian release that the static libraries come from, security patches included, fetched by an
# apt with a configuration of its own. Sourced, never run.
# shellcheck disable=SC2154 # Its names come from the files that are sourced with it.

# The release whose curl and OpenSSL are built into a deployed function: their upstream series are supported for years.
readonly sources_release=trixie
# A list of packages that is older is read again, so that security updates are found.
readonly sources_list_lifetime_minutes=$((24 * 60))

# read_source_lists DIRECTORY: keeps the lists of Debian's source packages in DIRECTORY, and reads them once a day.
read_source_lists() {
    local directory=$1 stamp=$1/read
    mkdir -p "$directory"
    [[ -z $(find "$stamp" -mmin "-$sources_list_lifetime_minutes" 2>/dev/null) ]] || return 0
    private_apt_configuration "$directory"
    # One list that cannot be read is no reason to stop: a source package that is missing is named when it is fetched.
    if quiet_step "Reading the lists of Debian's source packages" private_apt "$directory" apt-get update; then
        rm -f "$directory"/missing-*
        touch "$stamp"
    else
        complain "warning: the lists of Debian's source packages could not be read; continuing with those from before"
    fi
}

# source_versions DIRECTORY PACKAGE PREFIX: Debian's versions of a source package that begin with PREFIX, newest first.
source_versions() {
    private_apt "$1" apt-cache madison "$2" 2>/dev/null |
        awk -F '[ |]+' -v prefix="$3" 'index($3, prefix) == 1 { print $3 }' | sort -rVu
}

# fetch_source DIRECTORY WORK PACKAGE VERSION: downloads, verifies and unpacks a source package into WORK. A mirror may
# list a version that it does not hold yet: that is remembered until the lists are read again.
fetch_source() {
    local directory=$1 work=$2 package=$3 version=$4 missing="$1/missing-$3-$4"
    [[ ! -f $missing ]] || return 1
    rm -rf "$work"
    mkdir -p "$work"
    if ! private_apt "$directory" env -C "$work" apt-get source --dsc-only --download-only "$package=$version" &>"$work/log"; then
        complain "warning: Debian's archive lists $package $version, but does not have it yet; taking the version before"
        touch "$missing"
        return 1
    fi
    quiet_step "Fetching $package's source package $version" \
        private_apt "$directory" env -C "$work" apt-get source --only-source "$package=$version" || return 1
    printf '%s\t%s\n' "$package" "$version" >"$work/versions"
    (cd "$work" && sha256sum ./"$package"_*.dsc) >>"$work/versions"
}

# A list of source packages and an apt state of our own: the machine's apt configuration stays as it is, and the
# archive's host and keys are the ones that the machine already trusts. Only the release's name is replaced.
private_apt_configuration() {
    # shellcheck disable=SC2016 # apt fills in these names.
    local apt=$1 line='deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) $(COMPONENT)'
    local own_release
    own_release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt-get indextargets --format "$line" 'Created-By: Packages' 'Origin: Debian' | sort -u >"$apt/sources.list"
    # Before the machine's first `apt-get update` apt does not know who publishes each archive: then all are read, and
    # those that Debian's keys did not sign are refused.
    [[ -s $apt/sources.list ]] ||
        apt-get indextargets --no-release-info --format "$line" 'Created-By: Packages' | sort -u >"$apt/sources.list"
    sed -i "s/ ${own_release:-$sources_release}\\b/ $sources_release/" "$apt/sources.list"
    cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
END
}

private_apt() {
    local directory=$1
    shift
    APT_CONFIG=$directory/apt.conf "$@"
}
