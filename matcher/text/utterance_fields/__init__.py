"""Fields of a worker's sentence, one module each (劳动者一句话里的各项)."""
