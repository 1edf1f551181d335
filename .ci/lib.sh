# Helpers of the scripts in this folder; sourced, not run.

# As root: itself, or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs packages; options of `apt-get install` may stand before them.
install_packages() {
  as_root timeout --kill-after=10 300 apt-get update -qq
  as_root timeout --kill-after=10 900 apt-get install -y -qq "$@"
}

# Runs a command, and ends it with all it started where it takes more than $1 seconds.
within() {
  local code=0
  timeout --kill-after=10 "$@" || code=$?
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then echo "ended, since it took more than $1 s: ${*:2}" >&2; fi
  return "$code"
}

# Waits at most $1 seconds until the command that follows succeeds.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}

# Whether an engine answers at DOCKER_HOST $1 (empty: the present one).
answers() {
  (if [ -n "$1" ]; then export DOCKER_HOST=$1; fi && timeout 20 docker version) >/dev/null 2>&1
}

# Downloads packages of Debian 13 (trixie) into folder $1 without installing them or changing apt's set-up:
# through the mirror that apt already uses, with lists of its own.
download_from_trixie() {
  local into=$1 mirror
  shift
  mkdir -p "$into/lists/partial"
  [ -n "$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null)" ] || as_root timeout --kill-after=10 300 apt-get update -qq
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' | grep -v security | sort -u | head -n 1)
  if [ -z "$mirror" ]; then
    echo "apt knows no mirror of Debian here; install $* by hand" >&2
    return 1
  fi
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$into/sources.list"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$into/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$into/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o "APT::Sandbox::User=$(id -un)" -o "Debug::NoLocking=1")
  "${apt[@]}" update
  (cd "$into" && "${apt[@]}" download "$@")
}
