#include "altis_program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "platform/random.h"

namespace altis::e2e {
namespace {

constexpr Duration kRunTimeout = seconds(280);  // of a demo under a sanitizer, on a busy machine
constexpr std::size_t kReadBytes = 64U << 10;

std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string read_all(platform::Process& process) {
    std::string all;
    while (true) {
        const auto part = process.read_output(kReadBytes);
        if (!part || part->empty()) return all;
        all += *part;
    }
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    platform::SystemRandom random;
    path_ = (std::filesystem::temp_directory_path() /
             ("altis-e2e-" + std::to_string(random.next_u64())))
                .string();
    std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string altis_program() {
    const char* named = std::getenv("ALTIS_PROGRAM");
    return named != nullptr ? named : ALTIS_BUILT_PROGRAM;
}

Finished run_program(const std::string& program, const std::vector<std::string>& arguments,
                     Capture capture) {
    const TemporaryFolder folder;
    platform::ProcessOptions options;
    options.program = program;
    options.arguments = arguments;
    options.output = capture == Capture::kOutput ? platform::ProcessOutput::kPipe
                                                 : platform::ProcessOutput::kFile;
    options.output_path = folder / "output";
    auto process = platform::Process::spawn(options);
    if (!process) return {-1, process.error().message};
    Finished finished;
    if (capture == Capture::kOutput) finished.output = read_all(**process);
    finished.status = (*process)->wait(kRunTimeout).value_or(-1);
    if (capture == Capture::kEverything) finished.output = file_text(options.output_path);
    return finished;
}

Finished run_altis(const std::vector<std::string>& arguments, Capture capture) {
    return run_program(altis_program(), arguments, capture);
}

std::vector<std::string> files_below(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
    return files;
}

std::vector<std::string> files_that_hold(const std::string& folder,
                                         const std::vector<std::string>& texts) {
    std::vector<std::string> found;
    for (const std::string& path : files_below(folder)) {
        const std::string bytes = file_text(path);
        for (const std::string& text : texts) {
            if (bytes.find(text) != std::string::npos) found.push_back(path + ": " + text);
        }
    }
    return found;
}

}  // namespace altis::e2e
