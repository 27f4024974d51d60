#!/bin/sh
# A real Slurm on this machine alone: an array of four tasks, one of them killed and requeued, has to write the report that one
# process writes, byte for byte up to its section on how it was run.
#
#     Tests/Faults/slurm.sh REFINERY        as root; installs Debian's slurm-wlm and munge where they are missing
set -eu
refinery=$(realpath "$1")
datasets=$(realpath "$(dirname "$0")/../../datasets")
[ "$(id -u)" -eq 0 ] || { echo "error: this starts Slurm's daemons and needs root" >&2; exit 1; }
if ! command -v slurmctld > /dev/null || ! command -v munged > /dev/null; then
  apt-get update -q > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y slurm-wlm munge > /dev/null
fi

scratch=$(mktemp -d /tmp/refinery-slurm-XXXXXX)
host=$(hostname -s)
export SLURM_CONF="$scratch/slurm.conf"
mkdir -p "$scratch/state" "$scratch/spool" "$scratch/munge" "$scratch/data"
cat > "$SLURM_CONF" << CONF
ClusterName=refinery
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.log
SlurmctldPort=26817
SlurmdPort=26818
KillWait=2
MinJobAge=600
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=4
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF

# The daemons run in the foreground as children of this script, so that it ends exactly those.
daemons=
finish() {
  status=$?
  scancel --user=root 2> /dev/null || true
  for daemon in $daemons; do kill "$daemon" 2> /dev/null || true; done
  wait || true
  [ "$status" -eq 0 ] && rm -rf "$scratch" || echo "failed; logs are in $scratch" >&2
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

dd if=/dev/urandom of="$scratch/munge/key" bs=1024 count=1 2> /dev/null
chmod 600 "$scratch/munge/key"
chmod 711 "$scratch" "$scratch/munge"
munged --foreground --force --key-file="$scratch/munge/key" --socket="$scratch/munge/socket" --pid-file="$scratch/munge/pid" \
  --log-file="$scratch/munge/log" --seed-file="$scratch/munge/seed" 2> "$scratch/munged.err" &
daemons="$!"
slurmctld -D 2> "$scratch/slurmctld.err" &
daemons="$! $daemons"
slurmd -D -N "$host" 2> "$scratch/slurmd.err" &
daemons="$! $daemons"
tries=0
until sinfo --noheader --states=idle 2> /dev/null | grep -q "$host"; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { echo "error: Slurm does not start" >&2; tail "$scratch"/*.log "$scratch"/*.err >&2; exit 1; }
  sleep 0.5
done

cp "$datasets"/iris.scale.gz "$datasets"/vowel.scale.gz "$datasets"/vowel.scale.t.gz "$datasets"/glass.scale.gz "$scratch/data"
cat > "$scratch/sweep.yml" << CONFIGURATION
data: $scratch/data
seeds: 5
CONFIGURATION

"$refinery" sweep "$scratch/sweep.yml" --results "$scratch/alone" --quiet
mkdir -p "$scratch/one" "$scratch/many"
"$refinery" report "$scratch/alone" --out "$scratch/one/REPORT.md"

submitted=$("$refinery" submit slurm "$scratch/sweep.yml" --array 4 --results "$scratch/results" --out "$scratch/many/REPORT.md")
echo "$submitted"
array=$(echo "$submitted" | sed 's/^sweep: job \([0-9]*\),.*/\1/')
final=$(echo "$submitted" | sed 's/.*report: job \([0-9]*\)$/\1/')

# The process of the first shard is killed as soon as it has a journal to continue from.
killed=
tries=0
while [ -z "$killed" ]; do
  if [ -s "$scratch/results/runs-1-of-4.jsonl" ]; then
    holder=$(sed -n 's/^process \([0-9]*\) on .*/\1/p' "$scratch/results/.lock-1-of-4")
    kill -9 "$holder" && killed=$(wc -l < "$scratch/results/runs-1-of-4.jsonl")
  fi
  tries=$((tries + 1))
  [ "$tries" -lt 3000 ] || { echo "error: the first task does not start" >&2; exit 1; }
  sleep 0.02
done
echo "killed the first task after $killed runs"

tries=0
requeued=
until [ "$(scontrol show job "$final" | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p')" = COMPLETED ]; do
  scontrol show job "${array}_1" 2> /dev/null | grep -q 'Restarts=[1-9]' && requeued=yes
  # A requeued job begins two minutes later unless it is told otherwise.
  [ -n "$requeued" ] && scontrol update JobId="${array}_1" StartTime=now 2> /dev/null || true
  tries=$((tries + 1))
  [ "$tries" -lt 500 ] || { echo "error: the array does not end" >&2; squeue >&2; exit 1; }
  sleep 0.5
done
[ -n "$requeued" ] || { echo "error: the killed task was not requeued" >&2; exit 1; }

for report in one many; do sed '/^## How this was run/,$d' "$scratch/$report/REPORT.md" > "$scratch/$report/compared"; done
grep -q '^## How this was run' "$scratch/many/REPORT.md"
cmp "$scratch/one/compared" "$scratch/many/compared"
echo "four tasks, one killed and requeued: the report is the same up to its closing section"
