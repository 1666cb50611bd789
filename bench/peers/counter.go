// The obvious Go program: net/http, a mutex, and for each increment write, fsync and rename.
//
// Usage: counter ADDRESS FILE
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"os"
	"sync"
)

type counter struct {
	mutex sync.Mutex
	file  string
	Count int64 `json:"counter"`
}

func load(file string) (*counter, error) {
	c := &counter{file: file}
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	return c, json.Unmarshal(content, c)
}

// save replaces the file whole. It does not fsync the directory: power may fail before the rename is on disk.
func save(file string, count int64) error {
	temporary, err := os.Create(file + ".tmp")
	if err != nil {
		return err
	}
	defer temporary.Close()
	if _, err := fmt.Fprintf(temporary, "{\"counter\": %d}\n", count); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	return os.Rename(file+".tmp", file)
}

func (c *counter) read() int64 {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.Count
}

func (c *counter) increment() (int64, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if err := save(c.file, c.Count+1); err != nil {
		return 0, err
	}
	c.Count++
	return c.Count, nil
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	count := int64(0)
	switch r.Method {
	case http.MethodGet:
		count = c.read()
	case http.MethodPost:
		var err error
		if count, err = c.increment(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	default:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, "{\"counter\":%d}\n", count)
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: counter ADDRESS FILE")
	}
	c, err := load(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], c))
}
