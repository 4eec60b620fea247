module zhangfang/load

go 1.21
