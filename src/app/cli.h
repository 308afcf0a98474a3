// The command line.
#pragma once

namespace altis::app {

// Parses the arguments, runs the command, gives the exit status.
int run_command_line(int argc, char** argv);

}  // namespace altis::app
