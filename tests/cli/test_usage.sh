#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command line: help, version, and every way to get it wrong.
. "$(dirname "$0")/lib.sh"

varve --version
expect_status version 0
expect_part version out 'varve 0.1.0 ('
varve --help
expect_status help 0
for word in run check plan stages inspect --until --ranks 'exit codes:' 'stopped on request'; do
    expect_part help out "$word"
done
[ -s err ] && complain "help writes to standard error"
varve run --help
expect_part 'help of run' out 'usage: varve run CONFIG.yml [a.b=value ...] [OPTIONS]'
grep -q -- --ranks out && complain "help of run shows an option of plan"

wrong() { # wrong WHAT ERR ARGUMENTS...
    local what=$1 text=$2
    shift 2
    varve "$@"
    expect_status "$what" 2
    expect_text "$what" err "$text"
    [ -s out ] && complain "$what: something on standard output"
}
wrong 'no command' "varve: error: no command given
hint: see 'varve --help', or try 'varve run configs/quickstart.yml'"
wrong 'unknown command' "varve: error: unknown command 'rnu'
hint: did you mean 'varve run'?" rnu x.yml
wrong 'a file for a command' "varve: error: unknown command 'config.yml'
hint: to run a configuration: varve run config.yml" config.yml
wrong 'unknown option' "varve: error: unknown option '--vrebose'
hint: did you mean '--verbose'?" run x.yml --vrebose
wrong 'unknown letter' "varve: error: unknown option '-x'
hint: see 'varve --help'" run x.yml -x
wrong 'option without its value' "varve: error: option '--ranks' needs N" plan x.yml --ranks
wrong 'value for a switch' "varve: error: option '--quiet' takes no value" run x.yml --quiet=1
wrong 'option of another command' "varve: error: option '--ranks' does not belong to 'varve run'" \
    run x.yml --ranks 3
wrong 'ranks that are no number' \
    "varve: error: option '--ranks' needs a number from 1 to 16777216, not 'many'" plan x.yml --ranks many
wrong 'no configuration' "varve: error: no configuration file given
hint: try 'varve run configs/quickstart.yml'" run
wrong 'inspect nothing' "varve: error: inspect needs one file
hint: usage: varve inspect FILE" inspect
wrong 'unknown stage' "varve: error: no stage 'kn'
hint: did you mean 'knn'?" stages kn

varve_on 3 rnu
expect_status 'unknown command on 3 ranks' 2
expect_errors 'unknown command on 3 ranks' 1
varve_on 3 run absent.yml
expect_status 'absent file on 3 ranks' 2
expect_errors 'absent file on 3 ranks' 1

varve stages
expect_status stages 0
for stage in load prepare knn id composition depth report; do
    grep -q "^$stage " out || complain "stages does not list $stage"
done
varve stages knn
expect_status 'stages knn' 0
expect_part 'stages knn' out 'metric'
finish
