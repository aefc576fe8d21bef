using Roost.Fuzz;

return Runner.Run(args);
