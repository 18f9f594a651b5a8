package acp

func sdkMain() int { return 0 }
