# SPDX-License-Identifier: MIT
# A Slurm of one node in a temporary folder, for tests: munge, controller and daemon of its own, ports of its own, no
# cgroups. Sourced after cli/lib.sh; as root.
# shellcheck shell=bash

slurm_start() { # slurm_start FOLDER: leaves SLURM_CONF in the environment
    local dir=$1 port=$((20000 + RANDOM % 20000)) host
    host=$(hostname -s)
    mkdir -p "$dir/state" "$dir/spool"
    chmod 755 "$dir"
    dd if=/dev/urandom of="$dir/key" bs=1024 count=1 2>/dev/null
    chmod 400 "$dir/key"
    munged --force --key-file="$dir/key" --socket="$dir/munge" --pid-file="$dir/munged.pid" --log-file="$dir/munged.log" \
        --seed-file="$dir/munged.seed" >"$dir/munged.out" 2>&1 || return 1
    cat >"$dir/slurm.conf" <<EOF
ClusterName=varve
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
JobRequeue=1
ReturnToService=2
SlurmdTimeout=300
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
EOF
    export SLURM_CONF=$dir/slurm.conf
    slurmctld -i >"$dir/slurmctld.out" 2>&1 || return 1
    slurmd >"$dir/slurmd.out" 2>&1 || return 1
    for _ in $(seq 60); do
        sinfo -h -o %T 2>/dev/null | grep -qx idle && return 0
        sleep 1
    done
    return 1
}

slurm_stop() { # slurm_stop FOLDER
    local name
    scancel --quiet --user="$(id -un)" 2>/dev/null
    for name in slurmd slurmctld munged; do
        [ -s "$1/$name.pid" ] && kill "$(cat "$1/$name.pid")" 2>/dev/null
    done
    sleep 1
}

slurm_state() { scontrol -o show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | tail -n 1; }

# slurm_until JOB STATES SECONDS: waits for one of the states. A requeued job begins after some seconds rather than the
# two minutes that Slurm takes; at once would be too soon, for the node still knows it as killed.
slurm_until() {
    local i state pending=0
    for ((i = 0; i < $3; i++)); do
        state=$(slurm_state "$1")
        [[ " $2 " == *" ${state:-GONE} "* ]] && return 0
        [ "$state" = PENDING ] && pending=$((pending + 1)) || pending=0
        [ "$pending" -ge 6 ] && scontrol update "JobId=$1" StartTime=now 2>/dev/null
        sleep 1
    done
    return 1
}
