#include "platform/worker_process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace altis::platform {
namespace {

using Clock = std::chrono::steady_clock;

// A descriptor that is closed at the end.
class Handle {
  public:
    explicit Handle(int number = -1) : number_(number) {}
    Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Handle& operator=(Handle&&) = delete;
    ~Handle() { reset(); }
    int get() const { return number_; }
    void reset() {
        if (number_ >= 0) close(number_);
        number_ = -1;
    }

  private:
    int number_;
};

tl::unexpected<Error> not_started(const std::string& what, int error) {
    return fail(Code::kUnavailable, "worker.not_started",
                "cannot start " + what + ": " + std::generic_category().message(error));
}

tl::unexpected<Error> died() {
    return fail(Code::kUnavailable, "worker.died", "the worker ended before it had answered");
}

// Reads as the worker's standard input, and cannot be changed by either side any more.
Result<Handle> sealed_file(std::string_view bytes) {
    Handle file(memfd_create("altis-request", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (file.get() < 0) return not_started("a file in memory", errno);
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t size = write(file.get(), bytes.data() + done, bytes.size() - done);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return not_started("a file in memory", errno);
        done += static_cast<std::size_t>(size);
    }
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (fcntl(file.get(), F_ADD_SEALS, seals) != 0 || lseek(file.get(), 0, SEEK_SET) != 0) {
        return not_started("a file in memory", errno);
    }
    return file;
}

// A running child; killed and reaped at the end, whatever happened.
class Child {
  public:
    explicit Child(pid_t pid) : pid_(pid) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ == 0) return;
        kill(pid_, SIGKILL);
        reap(0);
    }

    // True when it ends by itself, with status 0, before the deadline.
    bool succeeds(Clock::time_point deadline) {
        constexpr std::chrono::microseconds kPause(100);
        while (!reap(WNOHANG)) {
            if (Clock::now() >= deadline) return false;
            std::this_thread::sleep_for(kPause);
        }
        return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
    }

  private:
    bool reap(int flags) {
        pid_t ended = 0;
        do {
            ended = waitpid(pid_, &status_, flags);
        } while (ended < 0 && errno == EINTR);
        if (ended == 0) return false;
        pid_ = 0;
        return true;
    }

    int status_ = 0;
    pid_t pid_;
};

Result<pid_t> spawn(const WorkerOptions& options, int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments{const_cast<char*>(options.program.c_str())};
    for (const std::string& argument : options.arguments)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    char* no_environment[] = {nullptr};
    pid_t pid = 0;
    const int error = posix_spawn(&pid, options.program.c_str(), &actions, &attributes,
                                  arguments.data(), no_environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return not_started(options.program, error);
    return pid;
}

// Milliseconds until then, rounded up; 0 when it is over.
int rest_ms(Clock::time_point deadline) {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(rest.count(), 0));
}

// All that comes until the pipe is closed at the other end.
Result<std::string> read_all(int pipe, std::size_t max_bytes, Clock::time_point deadline) {
    constexpr std::size_t kPart = 1 << 16;
    std::string bytes;
    while (true) {
        pollfd wanted{pipe, POLLIN, 0};
        const int rest = rest_ms(deadline);
        if (rest == 0 || poll(&wanted, 1, rest) == 0) {
            return fail(Code::kOverloaded, "worker.deadline", "the worker was not done in time");
        }
        const std::size_t before = bytes.size();
        bytes.resize(before + kPart);
        const ssize_t size = read(pipe, bytes.data() + before, kPart);
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        if (size == 0) return bytes;
        if (size < 0 && errno != EINTR) return died();
        if (bytes.size() > max_bytes) {
            return fail(Code::kTooLarge, "worker.answer_too_large",
                        "the worker wrote more than it was asked for");
        }
    }
}

}  // namespace

Result<std::string> run_worker(const WorkerOptions& options, std::string_view request) {
    const Clock::time_point deadline =
        Clock::now() + std::chrono::microseconds(options.deadline.us);
    TRY(const Handle input, sealed_file(request));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return not_started("a pipe", errno);
    const Handle output(ends[0]);
    Handle child_output(ends[1]);
    TRY(const pid_t pid, spawn(options, input.get(), child_output.get()));
    Child child(pid);
    child_output.reset();
    TRY(std::string answer, read_all(output.get(), options.max_answer_bytes, deadline));
    // Its end of the pipe is closed, but it might go on without.
    if (!child.succeeds(deadline)) return died();
    return answer;
}

std::size_t request_size() {
    struct stat about{};
    const bool is_known = fstat(STDIN_FILENO, &about) == 0 && about.st_size > 0;
    return is_known ? static_cast<std::size_t>(about.st_size) : 0;
}

std::string read_request(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t part = read(STDIN_FILENO, bytes.data() + done, size - done);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) break;
        done += static_cast<std::size_t>(part);
    }
    bytes.resize(done);
    return bytes;
}

bool write_answer(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t part = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(part));
    }
    return true;
}

}  // namespace altis::platform
