"""Code that takes all it can get of one thing, and how each entry of it must end: by an exception, or at a limit."""

BOMBS = {
    "memory": "kept = []\nwhile True: kept.append(bytearray(1 << 20))\n",
    "mapped memory": "import mmap\nkept = []\n"
    "while True: kept.append(mmap.mmap(-1, 1 << 24, flags=mmap.MAP_PRIVATE))\n",
    "processes": "import os\nwhile True: os.fork()\n",
    "threads": "import threading, time\n"
    "while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n",
    "disk": "file = open('big', 'wb')\nwhile True: _ = file.write(bytes(1 << 16))\n",
    "inodes": "n = 0\nwhile True: open(str(n), 'w').close(); n += 1\n",
    "output": "while True: print('x' * 1000)\n",
    "loop": "while True: pass\n",
}
ERRORS = {
    "memory": "MemoryError",
    "mapped memory": "OSError",
    "processes": "PermissionError",
    "threads": "RuntimeError",
    "disk": "OSError",
    "inodes": "OSError",
}
LIMITED = {"output": "output", "loop": "time"}
