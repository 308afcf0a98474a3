// The program under test: run to its end, or kept running as a server over a folder of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "platform/process.h"

namespace altis::e2e {

// A fresh folder under the system's temporary one, removed with this object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    // A path inside the folder.
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

// Path of the program `altis`: what ALTIS_PROGRAM names, else the one built beside the tests.
std::string altis_program();

// What of a program's output is wanted.
enum class Capture : std::uint8_t {
    kOutput,      // standard output; errors go where the test's go
    kEverything,  // standard output and errors together
};

struct Finished {
    int status = -1;  // -1: not started, or not ended in time and killed
    std::string output;
};

// Runs `altis arguments...` to its end.
Finished run_altis(const std::vector<std::string>& arguments, Capture capture = Capture::kOutput);

// The same for another program, by its path.
Finished run_program(const std::string& program, const std::vector<std::string>& arguments,
                     Capture capture);

// All files below a folder.
std::vector<std::string> files_below(const std::string& folder);

// Which files below `folder` hold one of `texts` in their raw bytes: "file: text" each.
std::vector<std::string> files_that_hold(const std::string& folder,
                                         const std::vector<std::string>& texts);

}  // namespace altis::e2e
