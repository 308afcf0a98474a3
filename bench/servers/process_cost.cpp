#include "servers/process_cost.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace altis::bench {
namespace {

double ticks_to_seconds(double ticks) {
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double clock_seconds(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// From a file `stat` of a process or of a thread.
double cpu_seconds_in(const std::string& path) {
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t name_end = text.rfind(')');  // the name may hold spaces
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(text.substr(name_end + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return ticks_to_seconds(user + system);
}

}  // namespace

double cpu_seconds(int pid) {
    return cpu_seconds_in("/proc/" + std::to_string(pid) + "/stat");
}

double cpu_seconds_of_threads(int pid, std::string_view name) {
    double sum = 0;
    std::error_code ignored;
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks, ignored)) {
        std::ifstream file(task.path() / "comm");
        std::string found;
        std::getline(file, found);
        if (found == name) sum += cpu_seconds_in(task.path() / "stat");
    }
    return sum;
}

double own_cpu_seconds() {
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double thread_cpu_seconds() {
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

double machine_cpu_seconds() {
    std::ifstream file("/proc/stat");
    std::string skipped;
    double user = 0;
    double nice = 0;
    double system = 0;
    double idle = 0;
    double disk = 0;
    double interrupts = 0;
    double soft_interrupts = 0;
    file >> skipped >> user >> nice >> system >> idle >> disk >> interrupts >> soft_interrupts;
    return ticks_to_seconds(user + nice + system + interrupts + soft_interrupts);
}

double peak_memory_mb(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    }
    return 0;
}

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double now_s() {
    return clock_seconds(CLOCK_MONOTONIC);
}

}  // namespace altis::bench
