#include "platform/process.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "base/assert.h"

namespace altis::platform {

namespace {

constexpr auto kReapInterval = std::chrono::milliseconds(1);

tl::unexpected<Error> not_started(const std::string& program, int error) {
    return fail(Code::kUnavailable, "process.not_started",
                "cannot start " + program + ": " + std::generic_category().message(error));
}

// What the child does between fork and exec.
class SpawnPlan {
  public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    void output_to_descriptor(int descriptor) {
        posix_spawn_file_actions_adddup2(&actions_, descriptor, STDOUT_FILENO);
    }
    void output_to_file(const std::string& path) {
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, path.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
        posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    }
    // 0 or what went wrong.
    int start(const ProcessOptions& options, pid_t& pid) {
        std::vector<char*> arguments{const_cast<char*>(options.program.c_str())};
        for (const std::string& argument : options.arguments)
            arguments.push_back(const_cast<char*>(argument.c_str()));
        arguments.push_back(nullptr);
        return posix_spawn(&pid, options.program.c_str(), &actions_, &attributes_, arguments.data(),
                           environ);
    }

  private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

int exit_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace

Result<std::unique_ptr<Process>> Process::spawn(const ProcessOptions& options) {
    SpawnPlan plan;
    int pipe_ends[2] = {-1, -1};
    if (options.output == ProcessOutput::kPipe) {
        if (pipe2(pipe_ends, O_CLOEXEC) != 0) return not_started(options.program, errno);
        plan.output_to_descriptor(pipe_ends[1]);
    }
    if (options.output == ProcessOutput::kFile) plan.output_to_file(options.output_path);

    pid_t pid = 0;
    const int error = plan.start(options, pid);
    if (pipe_ends[1] >= 0) close(pipe_ends[1]);
    if (error != 0) {
        if (pipe_ends[0] >= 0) close(pipe_ends[0]);
        return not_started(options.program, error);
    }
    return std::unique_ptr<Process>(new Process(pid, pipe_ends[0]));
}

Process::~Process() {
    if (!reap(WNOHANG)) {
        kill(SIGKILL);
        reap(0);
    }
    if (output_ >= 0) close(output_);
}

void Process::kill(int signal) {
    // A reaped number may belong to somebody else by now.
    if (!status_) ::kill(pid_, signal);
}

bool Process::reap(int flags) {
    if (status_) return true;
    int wait_status = 0;
    pid_t ended = 0;
    do {
        ended = waitpid(pid_, &wait_status, flags);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) return false;
    ALTIS_ASSERT(ended == pid_);
    status_ = exit_status(wait_status);
    return true;
}

std::optional<int> Process::wait(Duration timeout) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(timeout.us);
    while (!reap(WNOHANG)) {
        if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
        std::this_thread::sleep_for(kReapInterval);
    }
    return status_;
}

Result<std::string> Process::read_output(std::size_t max_bytes) {
    ALTIS_ASSERT(output_ >= 0);
    std::string bytes(max_bytes, '\0');
    ssize_t got = 0;
    do {
        got = read(output_, bytes.data(), bytes.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail(Code::kUnavailable, "process.read_failed",
                    "cannot read the output of process " + std::to_string(pid_) + ": " +
                        std::generic_category().message(errno));
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

std::string this_program() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

}  // namespace altis::platform
