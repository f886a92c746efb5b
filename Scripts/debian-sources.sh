# shellcheck shell=bash
# Debian's source packages, security patches included, by an apt of our own. Sourced, never run.
# shellcheck disable=SC2154 # Its names come from the files that are sourced with it.

# Makes WORK anew, with a list of Debian's source packages.
prepare_sources() {
    rm -rf "$1"
    mkdir -p "$1"
    private_apt_configuration "$1/apt"
    # One list that cannot be had is no reason to stop: whether the source is in the others shows when it is fetched.
    quiet_step "Reading the lists of Debian's source packages" private_apt "$1" apt-get update || true
}

# fetch_source WORK PACKAGE PREFIX: the newest of Debian's versions that begin with PREFIX; what it was goes to
# WORK/versions. A mirror may list a version that it does not hold yet: then it is the one before, and a warning.
fetch_source() {
    local work=$1 package=$2 prefix=$3 versions version
    mapfile -t versions < <(private_apt "$work" apt-cache madison "$package" |
        awk -F '[ |]+' -v prefix="$prefix" 'index($3, prefix) == 1 { print $3 }' | sort -rVu)
    ((${#versions[@]} > 0)) ||
        die "$exit_unavailable" "this machine's Debian has no source package $package $prefix*: package on Debian 12, or move the family in Scripts/static-$package.sh"
    for version in "${versions[@]}"; do
        if quiet_step "Fetching $package's source package $version" \
            private_apt "$work" apt-get source --only-source "$package=$version"; then
            printf '%s\t%s\n' "$package" "$version" >"$work/versions"
            (cd "$work" && sha256sum ./"$package"_*.dsc) >>"$work/versions"
            return 0
        fi
        complain "warning: $package $version is on Debian's list, but cannot be fetched or verified"
    done
    die "$exit_unavailable" "no source package $package $prefix* can be fetched and verified"
}

# A list of source packages and an apt state of our own: the machine's apt configuration stays as it is, and the
# archive's host, suites and keys are the ones that the machine already trusts.
private_apt_configuration() {
    # shellcheck disable=SC2016 # It is apt that fills in the names.
    local apt=$1 line='deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) $(COMPONENT)'
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    apt-get indextargets --format "$line" 'Created-By: Packages' 'Origin: Debian' | sort -u >"$apt/sources.list"
    # Before the machine's first `apt-get update` apt does not know who publishes what: then all are asked, and those
    # that Debian's keys did not sign are refused.
    [[ -s $apt/sources.list ]] ||
        apt-get indextargets --no-release-info --format "$line" 'Created-By: Packages' | sort -u >"$apt/sources.list"
    cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
END
}

private_apt() (
    cd "$1" && APT_CONFIG=$1/apt/apt.conf "${@:2}"
)
