"""What of a GPU and of CUDA's programs this machine has: for scripts/gpu-check. Nothing here starts CUDA's own programs
but nvidia-smi, which may be missing."""
import ctypes
import glob
import os
import shutil
import subprocess
import sys

NO_DEVICE = 100  # CUDA_ERROR_NO_DEVICE
LEAST_DRIVER = 13000  # that of the toolkit the programs are built with
LEAST_CAPABILITY = 8
STATE = ["name", "driver_version", "memory.total", "memory.used", "utilization.gpu", "clocks.sm", "temperature.gpu",
         "power.limit"]


def _said(driver, code):
    text = ctypes.c_char_p()
    if driver.cuGetErrorString(code, ctypes.byref(text)) == 0 and text.value:
        return f"{text.value.decode(errors='replace')} ({code})"
    return str(code)


def missing_gpu(load=ctypes.CDLL):
    """Why there is no GPU to use, in one clause, or None. Asks the driver itself."""
    try:
        driver = load("libcuda.so.1")
    except OSError:
        return "there is no NVIDIA driver on this machine (libcuda.so.1 cannot be loaded)"
    code = driver.cuInit(0)
    count = ctypes.c_int(0)
    if code == 0:
        code = driver.cuDeviceGetCount(ctypes.byref(count))
    if code not in (0, NO_DEVICE):
        return f"the NVIDIA driver of this machine does not start: {_said(driver, code)}"
    if code == NO_DEVICE or count.value == 0:
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
        shown = "" if hidden is None else f" (CUDA_VISIBLE_DEVICES is \"{hidden}\")"
        return f"there is no NVIDIA GPU on this machine{shown}"
    version = ctypes.c_int(0)
    if driver.cuDriverGetVersion(ctypes.byref(version)) == 0 and version.value < LEAST_DRIVER:
        return (f"the NVIDIA driver of this machine is one for CUDA {version.value // 1000}."
                f"{version.value % 1000 // 10}; CUDA {LEAST_DRIVER // 1000} needs driver 580 or later")
    device, major = ctypes.c_int(0), ctypes.c_int(0)
    compute_capability_major = 75
    if (driver.cuDeviceGet(ctypes.byref(device), 0) == 0
            and driver.cuDeviceGetAttribute(ctypes.byref(major), compute_capability_major, device) == 0
            and major.value < LEAST_CAPABILITY):
        return f"the first GPU has compute capability {major.value}.x, expected at least {LEAST_CAPABILITY}.0"
    return None


def state():
    """What nvidia-smi says of each GPU, as [{question: answer}]; [] without it."""
    command = ["nvidia-smi", f"--query-gpu={','.join(STATE)}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [dict(zip(STATE, (word.strip() for word in line.split(",")))) for line in done.stdout.splitlines() if line]


def busy(gpus):
    """Why measurements of the first GPU would not be its own, or None."""
    def number(name):
        try:
            return float(gpus[0][name])
        except (IndexError, KeyError, ValueError):
            return 0.0
    if number("utilization.gpu") > 5 or number("memory.used") > 2000:
        return (f"something else uses the GPU ({number('utilization.gpu'):.0f} % busy, {number('memory.used'):.0f} MB "
                "taken): its figures are not the card's")
    return None


def _environments(root):
    """Folders that may hold Python packages: this Python's, the repository's own, the one that python3 starts."""
    folders = [path for path in sys.path if path]
    for python in (os.path.join(root, ".venv", "bin", "python"), os.path.join(root, ".peers", "bin", "python"),
                   shutil.which("python3") or ""):
        folders += glob.glob(os.path.join(os.path.dirname(os.path.dirname(python)), "lib", "python3*", "site-packages"))
    return list(dict.fromkeys(folders))


def library(name, package, root):
    """The file of a shared library: in the toolkit, as the system has it, or in a Python package of NVIDIA's; "" where
    there is none."""
    places = [f"/usr/local/cuda*/lib64/{name}", f"/usr/lib/x86_64-linux-gnu/{name}", f"/usr/lib64/{name}"]
    places += [os.path.join(folder, "nvidia", package, "lib", name) for folder in _environments(root)]
    found = [path for place in places for path in sorted(glob.glob(place))]
    return found[0] if found else ""


def tool(name):
    """A program of the toolkit's, or ""."""
    places = [f"/usr/local/cuda*/bin/{name}", f"/usr/local/cuda*/compute-sanitizer/{name}",
              f"/opt/nvidia/*/{name}", f"/opt/nvidia/*/*/{name}"]
    found = [path for place in places for path in sorted(glob.glob(place)) if os.access(path, os.X_OK)]
    return shutil.which(name) or (found[0] if found else "")


def python_with(modules, root):
    """The first Python that has all of `modules`, without loading them; "" where none has."""
    look = f"import importlib.util as u, sys; sys.exit(not all(u.find_spec(m) for m in {list(modules)!r}))"
    for python in (os.path.join(root, ".peers", "bin", "python"), sys.executable, shutil.which("python3") or ""):
        if not os.path.exists(python):
            continue
        try:
            if subprocess.run([python, "-c", look], capture_output=True, timeout=60).returncode == 0:
                return python
        except (OSError, subprocess.SubprocessError):
            continue
    return ""
