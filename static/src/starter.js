// The file of a new workspace.

export const STARTER = {
  path: "changer.py",
  text: `message = "First version"

def printer():
    print(message)
`,
};
